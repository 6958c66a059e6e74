"""Numbers that several stages use: plain frames in, plain frames out."""
