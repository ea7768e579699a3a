"""Training and evaluation; never imported while serving."""
