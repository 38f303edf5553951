"""The team's lists of tickets: filters and views, the pages of a list, search in it, changes of several at once."""
