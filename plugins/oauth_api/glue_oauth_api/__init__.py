"""The OAuth routes of the storefront API: where tokens are issued, ended and described."""
