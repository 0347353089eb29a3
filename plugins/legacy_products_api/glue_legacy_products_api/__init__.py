"""Products in the old application: what the storefront's plugins do not say."""
