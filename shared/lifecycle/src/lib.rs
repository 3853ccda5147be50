//! The life of a grant, each step a plain function over one transaction.
