"""The OAuth routes of the backend API: where tokens are issued, ended and described."""
