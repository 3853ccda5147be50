//! diesel and r2d2: rows, queries, transactions; the only crate that knows SQL.
