//! FDX core: accounts and what belongs to them, as far as the consent lets out.
