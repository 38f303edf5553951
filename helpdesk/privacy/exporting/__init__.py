"""A copy of somebody's data, made for them."""
