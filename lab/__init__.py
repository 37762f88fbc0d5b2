"""A world to test against: sync servers, a tenant, a migration to walk and to break."""
