//! actix conventions: proven callers, FDX and OAuth errors, interaction id, paging, limits.
