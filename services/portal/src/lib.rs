//! Reference consent application and consumer dashboard, server-rendered, a client of the two solution APIs.
