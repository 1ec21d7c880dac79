//! Plausible extents.
