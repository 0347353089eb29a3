"""Access tokens of any OpenID Connect provider, for the applications of Glue."""
