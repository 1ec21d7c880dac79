//! The machine that a measurement is made on, as far as it says what it is.

use std::fs;

use serde::{Deserialize, Serialize};

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name, where the system says it.
    pub cpu: Option<String>,
    /// How many threads run at the same time.
    pub cores: usize,
    /// Memory, where the system says how much.
    pub memory_bytes: Option<u64>,
    /// The system, for example `linux x86_64`.
    pub system: String,
}

impl Machine {
    /// The machine that this is.
    #[must_use]
    pub fn here() -> Self {
        let line = |file: &str, key: &str| {
            let text = fs::read_to_string(file).ok()?;
            let rest = text.lines().find_map(|line| line.strip_prefix(key))?;
            Some(rest.trim_start_matches([' ', '\t', ':']).trim().to_owned())
        };
        Self {
            cpu: line("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: line("/proc/meminfo", "MemTotal").and_then(|text| kilobytes(&text)),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }

    /// Whether times on one say anything about times on the other. Memory may differ a little from start to start.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        (&self.cpu, self.cores, &self.system) == (&other.cpu, other.cores, &other.system)
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cpu = self.cpu.as_deref().unwrap_or("unknown processor");
        write!(f, "{cpu}, {} cores, {}", self.cores, self.system)
    }
}

/// Begins to look for the peak of memory anew, where the system lets us; elsewhere a peak is that of the process.
pub(super) fn forget_peak() {
    // Linux: 5 resets the high-water mark of the process to what it holds now.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that the process has held since [`forget_peak`], where Linux says it.
pub(super) fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(kilobytes)
}

fn kilobytes(text: &str) -> Option<u64> {
    text.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
