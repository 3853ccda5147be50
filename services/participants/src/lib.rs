//! Participant User API, for the bank's consumer dashboard.
