"""PostgreSQL and Valkey under our own launcher, for an instance that names no outside services."""
