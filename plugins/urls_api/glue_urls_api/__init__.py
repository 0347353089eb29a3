"""Where the addresses of a shop lead, in the storefront API."""
