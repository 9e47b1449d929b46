//! The speeds at which a song can be played, in percent of its own: mostly slower, for those who play along.

/// The song's own speed.
pub const NORMAL_PERCENT: u32 = 100;

/// All speeds, the slowest first.
pub const SPEEDS_PERCENT: [u32; 9] = [50, 60, 70, 80, 90, NORMAL_PERCENT, 110, 125, 150];

/// The next faster speed, if there is one.
pub fn faster(percent: u32) -> Option<u32> {
    SPEEDS_PERCENT.into_iter().find(|speed| *speed > percent)
}

/// The next slower speed, if there is one.
pub fn slower(percent: u32) -> Option<u32> {
    SPEEDS_PERCENT.into_iter().rfind(|speed| *speed < percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_go_up_and_down_and_end() {
        assert_eq!(faster(NORMAL_PERCENT), Some(110));
        assert_eq!(slower(NORMAL_PERCENT), Some(90));
        assert_eq!((faster(150), slower(50)), (None, None));
        assert_eq!(faster(55), Some(60), "from between two as well");
    }
}
