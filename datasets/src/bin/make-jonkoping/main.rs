//! Makes the synthetic part of `datasets/jonkoping`.

fn main() {}
