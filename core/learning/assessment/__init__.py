"""What evaluation of the published models is made of: baselines, ablations, earlier periods, and the page that shows them."""
