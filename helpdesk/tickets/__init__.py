"""A ticket from open to closed, as its owner sees it and as its rules are."""
