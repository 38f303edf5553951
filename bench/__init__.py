"""The benchmark: what our pages cost beside a bare Flask page with the same rows, at two sizes. `python -m bench`."""
