"""The world behind the lab: a forest, two sync servers, a tenant, and what happens between them."""
