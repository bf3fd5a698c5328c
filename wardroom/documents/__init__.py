"""Code → the documents and types that are generated from it, and the check that they are up to date."""
