//! For tests: throwaway database, test CA, pretend recipient, pretend browser; speaks to sockets only.
