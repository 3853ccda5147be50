//! The program concordat: serve, migrate, import, client, keys, openapi, demo.
