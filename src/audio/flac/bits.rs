//! Bits in a row, the most significant first, and the checksums over them.

/// Bits that are written.
#[derive(Clone, Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, at the lower end, and how many they are.
    pending: u64,
    count: u32,
}

impl BitWriter {
    /// Appends the lower `count` bits, at most 32, of a number.
    pub(super) fn put(&mut self, number: u32, count: u32) {
        let mask = (1_u64 << count) - 1;
        self.pending = self.pending << count | u64::from(number) & mask;
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.pending >> self.count) as u8);
        }
        self.pending &= (1 << self.count) - 1;
    }

    /// Appends so many zeros and a one.
    pub(super) fn unary(&mut self, mut zeros: u32) {
        while zeros > 31 {
            self.put(0, 31);
            zeros -= 31;
        }
        self.put(1, zeros + 1);
    }

    /// Appends whole bytes.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.put(byte.into(), 8));
    }

    /// Appends a number as UTF-8 would write it as a letter (RFC 9639, section 9.1.5).
    pub(super) fn number(&mut self, number: u32) {
        if number < 0x80 {
            return self.put(number, 8);
        }
        // The first byte holds 6 bits less one for each that follows, which hold 6.
        let more = (1..=5).find(|more| number >> (6 * more) < 1 << (6 - more));
        let more = more.unwrap_or(5);
        let lead = 0xff << (7 - more) & 0xff;
        self.put(lead | number >> (6 * more), 8);
        for place in (0..more).rev() {
            self.put(0x80 | number >> (6 * place) & 0x3f, 8);
        }
    }

    /// Appends the checksum of all bytes so far, of which none may be begun.
    pub(super) fn checksum_8(&mut self) {
        self.put(crc_8(&self.bytes).into(), 8);
    }

    /// Fills the last byte with zeros, and appends the checksum of all (polynomial x^16 + x^15 + x^2 + 1).
    pub(super) fn checksum_16(&mut self) {
        self.put(0, self.count.next_multiple_of(8) - self.count);
        let sum = self.bytes.iter().fold(0_u16, |sum, &byte| {
            let sum = sum ^ u16::from(byte) << 8;
            (0..8).fold(sum, |sum, _| (sum << 1) ^ ((sum >> 15) * 0x8005))
        });
        self.put(sum.into(), 16);
    }

    /// The bytes.
    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// The checksum of a frame's header (RFC 9639, section 9.1.8): polynomial x^8 + x^2 + x + 1.
pub fn crc_8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum: u8, _| (sum << 1) ^ ((sum >> 7) * 0x07))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_runs_of_zeros_are_written_in_order() {
        let mut writer = BitWriter::default();
        writer.put(0b101, 3);
        writer.unary(40);
        writer.put(u32::MAX, 4);
        let bytes = writer.finish();
        assert_eq!(bytes, [0b1010_0000, 0, 0, 0, 0, 0b0001_1111]);
    }

    #[test]
    fn numbers_are_written_as_letters() {
        for number in [0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x1_0000] {
            let mut writer = BitWriter::default();
            writer.number(number);
            let letter = char::from_u32(number).expect("a letter");
            assert_eq!(writer.finish(), letter.to_string().into_bytes(), "{number}");
        }
        let mut writer = BitWriter::default();
        writer.number(0x7fff_ffff);
        assert_eq!(writer.finish(), [0xfd, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf]);
    }

    #[test]
    fn checksums_are_those_of_the_catalogue() {
        // Check values of CRC-8/SMBUS and CRC-16/UMTS, which these are.
        let mut writer = BitWriter::default();
        writer.bytes(b"123456789");
        let mut other = writer.clone();
        writer.checksum_8();
        other.checksum_16();
        assert_eq!(writer.finish()[9..], [0xf4]);
        assert_eq!(other.finish()[9..], [0xfe, 0xe8]);
    }
}
