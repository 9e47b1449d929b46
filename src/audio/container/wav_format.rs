//! The `fmt ` chunk of a WAV, and the header that is made for one.

/// The `fmt ` chunk, understood.
pub(super) struct Format {
    pub(super) tag: u16,
    pub(super) channel_count: u16,
    pub(super) sample_rate: u32,
    pub(super) bytes_per_sec: u32,
    block_bytes: u16,
    pub(super) bits: u16,
    /// As it is put into the new file.
    body: Vec<u8>,
}

impl Format {
    /// The chunk of samples of a fixed size.
    pub(super) fn new(tag: u16, bits: u16, channel_count: u16, sample_rate: u32) -> Self {
        let block_bytes = channel_count.saturating_mul(bits / 8);
        let bytes_per_sec = sample_rate.saturating_mul(u32::from(block_bytes));
        let fields: [&[u8]; 6] = [
            &tag.to_le_bytes(),
            &channel_count.to_le_bytes(),
            &sample_rate.to_le_bytes(),
            &bytes_per_sec.to_le_bytes(),
            &block_bytes.to_le_bytes(),
            &bits.to_le_bytes(),
        ];
        let mut body = fields.concat();
        if !matches!(tag, 1 | 3) {
            // An extension of no bytes.
            body.extend([0, 0]);
        }
        Self {
            tag,
            channel_count,
            sample_rate,
            bytes_per_sec,
            block_bytes,
            bits,
            body,
        }
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let outer = u16_at(0)?;
        let (tag, body_bytes) = match outer {
            0xfffe if bytes.len() >= 40 => (u16_at(24)?, 40),
            1 => (1, 16),
            3 => (3, 16),
            other => (
                other,
                (18 + usize::from(u16_at(16).unwrap_or(0))).min(bytes.len()),
            ),
        };
        let (channel_count, sample_rate, bits) = (u16_at(2)?, u32_at(4)?, u16_at(14)?);
        if body_bytes == 40 && matches!(tag, 6 | 7) {
            // Decoders know the curves of G.711 by their own tags only.
            return Some(Self::new(tag, bits, channel_count, sample_rate));
        }
        let mut body = bytes.get(..body_bytes)?.to_vec();
        if body_bytes == 40 {
            // Some decoders refuse samples of which not all bits count; the others are zeros.
            body[18..20].copy_from_slice(&bits.to_le_bytes());
        }
        Some(Self {
            tag,
            channel_count,
            sample_rate,
            bytes_per_sec: u32_at(8)?,
            block_bytes: u16_at(12)?,
            bits,
            body,
        })
    }

    /// Bytes of one amplitude of every channel, where these have a fixed size.
    pub(super) fn frame_bytes(&self) -> Option<u64> {
        let is_fixed = matches!(self.tag, 1 | 3 | 6 | 7);
        let whole = u64::from(self.bits.div_ceil(8)) * u64::from(self.channel_count);
        let frame = match u64::from(self.block_bytes) {
            block if block >= whole => block,
            _ => whole,
        };
        Some(frame).filter(|&frame| is_fixed && frame > 0)
    }

    /// Instants in `bytes` of samples.
    fn frames(&self, bytes: u64) -> Option<u64> {
        if let Some(frame) = self.frame_bytes() {
            return Some(bytes / frame);
        }
        // ADPCM: the extension names the instants of a block.
        let per_block = self
            .body
            .get(18..20)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        match (self.tag, per_block, self.block_bytes) {
            (0x02 | 0x11, Some(frames @ 1..), block @ 1..) => {
                Some(bytes.div_ceil(u64::from(block)) * u64::from(frames))
            }
            _ => None,
        }
    }

    /// Seconds of so many bytes, where they can be counted.
    pub(super) fn secs(&self, bytes: u64) -> Option<f64> {
        let frames = self.frames(bytes)?;
        (self.sample_rate > 0).then(|| frames as f64 / f64::from(self.sample_rate))
    }
}

/// The header of a file in which `length` bytes of samples follow.
pub(super) fn header(format: &Format, length: u64) -> Vec<u8> {
    let fact = match (format.tag, format.frames(length)) {
        (0x02 | 0x11, Some(frames)) => {
            let frames = u32::try_from(frames).unwrap_or(u32::MAX);
            [&b"fact\x04\0\0\0"[..], &frames.to_le_bytes()].concat()
        }
        _ => Vec::new(),
    };
    let padding = format.body.len() % 2;
    let fixed = 4 + 8 + format.body.len() + padding + fact.len() + 8;
    let size = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let parts: [&[u8]; 10] = [
        b"RIFF",
        &size(fixed as u64 + length),
        b"WAVE",
        b"fmt ",
        &size(format.body.len() as u64),
        &format.body,
        &[0][..padding],
        &fact,
        b"data",
        &size(length),
    ];
    parts.concat()
}
