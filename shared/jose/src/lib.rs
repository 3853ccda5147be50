//! josekit behind the guard: sign, verify, keys and their rotation; sealing and minted secrets.
