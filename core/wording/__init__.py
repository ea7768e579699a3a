"""What core finds, in sentences, per language: plain for programs, typeset for pages."""
