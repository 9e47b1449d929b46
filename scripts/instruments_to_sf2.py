#!/usr/bin/env python3
"""Makes a sound bank for `deepmelody render` of sampled instruments: SFZ files, WebAudioFont's JavaScript or JSON files,
patches of the Gravis Ultrasound (.pat), or a sound file a note, which is in its name (`A#3.mp3`, `guitar_Ds4_loud.wav`).

usage: scripts/instruments_to_sf2.py OUT PROGRAM=FILE...

Writes OUT/NNN.sf2 for each General MIDI program, 0 to 127, or 128 for drums; several files of one program become one.
FILE may have wildcards: '24=guitar/*_loud.wav'. From SFZ it takes which sample sounds on which keys and velocities,
tuning, volume, loops, attack and release; of round robins the first, of keyswitches the default. Samples become mono,
at most 22,050 Hz (songs to learn from have 10,880) and 8 s. What cannot be read is named and left out. Needs numpy,
scipy and soundfile from PyPI.
"""

import base64
import dataclasses
import functools
import glob
import io
import json
import math
import pathlib
import re
import struct
import sys

import numpy
import scipy.signal
import soundfile

DRUMS = 128
SAMPLE_RATE = 22_050
LONGEST_SECS = 8
FADE_SECS = 0.5
VELOCITY_LAYERS = 4
NOTES = dict(c=0, d=2, e=4, f=5, g=7, a=9, b=11)


@dataclasses.dataclass
class Zone:
    """A sample and its key range."""

    name: str
    sound: numpy.ndarray
    sample_rate: int
    keys: tuple
    root: int | None  # None: the same pitch on all keys
    velocities: tuple = (0, 127)
    cents: float = 0.0
    gain_db: float = 0.0
    loop: tuple | None = None
    attack_secs: float = 0.0
    release_secs: float = 0.3

    def __post_init__(self):
        end = LONGEST_SECS * self.sample_rate
        if self.loop and not 0 <= self.loop[0] < self.loop[1] - 8 < min(end, len(self.sound)) - 7:
            self.loop = None
        cut = len(self.sound) > end
        self.sound = self.sound[:end].copy()
        if cut and not self.loop:
            fade = int(FADE_SECS * self.sample_rate)
            self.sound[-fade:] *= numpy.linspace(1, 0, fade)


def read_mono(file, **layout):
    """As `lowered`, of a file."""
    sound, rate = soundfile.read(file, dtype="float32", always_2d=True, **layout)
    return lowered(sound.mean(axis=1), rate)


def lowered(sound, rate):
    """Samples at 22,050 Hz or less, their rate, and the resampling factor."""
    if rate <= SAMPLE_RATE:
        return sound, rate, 1.0
    divisor = math.gcd(rate, SAMPLE_RATE)
    return scipy.signal.resample_poly(sound, SAMPLE_RATE // divisor, rate // divisor), SAMPLE_RATE, SAMPLE_RATE / rate


# WebAudioFont: one object a file, whose zones each hold an encoded file or 16-bit samples


def webaudiofont_zones(path):
    for text in re.split(r"\n\t\t,?\{", path.read_text(errors="replace"))[1:]:
        fields = dict(re.findall(r"\b(\w+):'?(-?[^',\n]+)", text))
        name = re.search(r"^\s*//(?:_tone\.)?(\S+)", text, flags=re.MULTILINE)
        if "file" in fields or "sample" in fields:
            yield webaudiofont_zone(name[1] if name else path.stem, fields)


def webaudiofont_json_zones(path):
    for fields in json.loads(path.read_text())["zones"]:
        yield webaudiofont_zone(path.stem, fields)


def webaudiofont_zone(name, fields):
    def number(name, default=0.0):
        return float(fields.get(name, default))

    data = io.BytesIO(base64.b64decode(fields.get("sample") or fields["file"]))
    plain = dict(samplerate=int(number("sampleRate")), channels=1, format="RAW", subtype="PCM_16", endian="LITTLE")
    sound, rate, _ = read_mono(data, **(plain if "sample" in fields else {}))
    pitch = number("originalPitch") / 100 - number("coarseTune") - number("fineTune") / 100
    # Encoders add silence before the sound, up to the "anchor"; loop points are in samples of another rate
    silence = int(number("anchor") * rate)
    scale = rate / number("sampleRate", rate)
    loop = [round(number(name) * scale) - silence for name in ("loopStart", "loopEnd")]
    return Zone(
        name=name,
        sound=sound[silence:],
        sample_rate=rate,
        keys=(int(number("keyRangeLow")), int(number("keyRangeHigh", 127))),
        root=round(pitch),
        cents=100 * (round(pitch) - pitch),
        loop=tuple(loop),
    )


# Gravis Ultrasound: a header of 239 bytes, then each sample after a header of 96 (as `struct` has them below)

PATCH_HEADER = 239
SAMPLE_COUNT_AT = 198
SAMPLE_HEADER = struct.Struct("<8xIIIHIII21xB40x")
SIXTEEN_BITS, UNSIGNED, LOOPED = 1, 2, 4


def patch_zones(path):
    data = path.read_bytes()
    if data[:8] != b"GF1PATCH":
        raise ValueError("no patch of the Gravis Ultrasound")
    start = PATCH_HEADER
    for index in range(data[SAMPLE_COUNT_AT]):
        size, *loop, rate, low, high, root, mode = SAMPLE_HEADER.unpack_from(data, start)
        start += SAMPLE_HEADER.size + size
        yield patch_zone(f"{path.stem} {index}", data[start - size:start], loop, rate, (low, high, root), mode)


def patch_zone(name, data, loop, rate, frequencies, mode):
    width = 2 if mode & SIXTEEN_BITS else 1
    kind = ("<u" if mode & UNSIGNED else "<i") + str(width)
    sound = numpy.frombuffer(data[:len(data) // width * width], kind) / 2.0 ** (8 * width - 1)
    sound, rate, factor = lowered((sound - 1 if mode & UNSIGNED else sound).astype("float32"), rate)
    low, high, root = (69 + 12 * math.log2(max(frequency, 1) / 440_000) for frequency in frequencies)
    return Zone(
        name=name,
        sound=sound,
        sample_rate=rate,
        keys=(max(0, round(low)), min(127, round(high))),
        root=round(root),
        cents=100 * (round(root) - root),
        loop=tuple(round(place / width * factor) for place in loop) if mode & LOOPED else None,
    )


# One file for each note


def note_in(path):
    named = re.search(r"(?:^|[_ -])([a-gA-G])(s|#|b)?(\d)(?=$|[_ v-])", path.stem)
    return key(named[1] + (named[2] or "").replace("s", "#") + named[3]) if named else None


def note_zones(files):
    """Each note covers half the way to its neighbours; of several files for one note, the first is used."""
    by_note = {note_in(file): file for file in reversed(files)}
    unnamed = by_note.pop(None, None)
    if unnamed:
        print(f"{unnamed}: no note in its name", file=sys.stderr)
    notes = sorted(by_note)
    bounds = [0] + [(low + high) // 2 + 1 for low, high in zip(notes, notes[1:])] + [128]
    for note, low, high in zip(notes, bounds, bounds[1:]):
        sound, rate, _ = read_mono(by_note[note])
        yield Zone(name=by_note[note].stem, sound=sound, sample_rate=rate, keys=(low, high - 1), root=note)


# SFZ (sfzformat.com): headers in angle brackets, each of which inherits the opcodes of those above it


def key(text):
    """MIDI note of `60` or `c4`."""
    named = re.fullmatch(r"([a-gA-G])([#b]?)(-?\d)", text)
    if not named:
        return int(text)
    return NOTES[named[1].lower()] + {"#": 1, "b": -1, "": 0}[named[2]] + 12 * (int(named[3]) + 1)


def sfz_text(path, root, defines, depth=0):
    """Text without comments, with macros and included files expanded."""
    text = re.sub(r"/\*.*?\*/", " ", path.read_text(errors="replace"), flags=re.DOTALL)
    lines = []
    for line in text.splitlines():
        line = re.sub(r"//.*", "", line)
        define = re.match(r"\s*#define\s+(\$\w+)\s+(\S+)", line)
        if define:
            defines[define[1]] = define[2]
            continue
        for name in sorted(defines, key=len, reverse=True):
            line = line.replace(name, defines[name])
        include = re.match(r'\s*#include\s+"([^"]+)"', line)
        if include and depth < 8:
            line = sfz_text(root / include[1].replace("\\", "/"), root, defines, depth + 1)
        lines.append(line)
    return "\n".join(lines)


def sfz_regions(path):
    """The opcodes of each region, inherited ones included."""
    inherited = {level: {} for level in ("control", "global", "master", "group")}
    for header, text in re.findall(r"<(\w+)>([^<]*)", sfz_text(path, path.parent, {})):
        opcodes = dict(re.findall(r"(\w+)=(.*?)(?=\s+\w+=|\s*\n|\s*$)", text, flags=re.DOTALL))
        if header == "region":
            yield {name: value for level in inherited.values() for name, value in level.items()} | opcodes
        elif header in inherited:
            levels = list(inherited)
            for level in levels[levels.index(header):]:
                # Opcodes in <control> apply until they are set again
                if level != "control":
                    inherited[level] = {}
            inherited[header] |= opcodes


def is_played(opcodes):
    """Whether a plain note plays this region: no release sample, first of a round robin, default keyswitch and controllers."""
    if opcodes.get("trigger", "attack") not in ("attack", "first") or opcodes.get("sample", "*").startswith("*"):
        return False
    if float(opcodes.get("seq_position", 1)) != 1 or float(opcodes.get("lorand", 0)) > 0:
        return False
    switch = opcodes.get("sw_last", opcodes.get("sw_down"))
    if switch and switch != opcodes.get("sw_default", opcodes.get("sw_lokey", switch)):
        return False
    moved = (float(value) for name, value in opcodes.items() if re.fullmatch(r"(on_)?locc\d+", name))
    return all(value <= 0 for value in moved)


def wav_loop(file):
    """The first loop in the `smpl` chunk of a WAV file, in its own samples."""
    data = file.read_bytes()
    place = data.find(b"smpl")
    if data[:4] != b"RIFF" or place < 0 or len(data) < place + 68 or not struct.unpack_from("<I", data, place + 36)[0]:
        return None
    start, last = struct.unpack_from("<II", data, place + 52)
    return start, last + 1


@functools.cache
def sample(file):
    """As `read_mono`, with the file's loop; cached, since regions share files."""
    return *read_mono(file), wav_loop(file)


def sfz_zones(path):
    regions = [opcodes for opcodes in sfz_regions(path) if is_played(opcodes)]
    layers = sorted({int(opcodes.get("hivel", 127)) for opcodes in regions})
    kept = {layer for index, layer in enumerate(layers) if (index + 1) * VELOCITY_LAYERS // len(layers)
            > index * VELOCITY_LAYERS // len(layers)}
    missing, below = set(), {layer: max((lower for lower in kept if lower < layer), default=-1) for layer in kept}
    for opcodes in regions:
        layer = int(opcodes.get("hivel", 127))
        if layer not in kept:
            continue
        file = path.parent / (opcodes.get("default_path", "") + opcodes["sample"]).replace("\\", "/").strip()
        try:
            yield sfz_zone(opcodes, file, (below[layer] + 1, layer))
        except (OSError, soundfile.SoundFileError):
            missing.add(file.name)
    if missing:
        print(f"{path}: {len(missing)} samples cannot be read, such as {min(missing)}", file=sys.stderr)


def sfz_zone(opcodes, file, velocities):
    def number(name, default=0.0):
        return float(opcodes.get(name, default))

    sound, rate, factor, loop = sample(file)
    mode = opcodes.get("loop_mode", opcodes.get("loopmode", "loop_continuous" if loop else "no_loop"))
    if "loop_start" in opcodes:
        loop = number("loop_start"), number("loop_end") + 1
    shift = int(number("note_offset") + 12 * number("octave_offset"))
    only = opcodes.get("key")
    keys = [key(opcodes.get(name, only or default)) + shift for name, default in (("lokey", "0"), ("hikey", "127"))]
    is_pitched = number("pitch_keytrack", 100) != 0
    volumes = ("volume", "group_volume", "master_volume", "global_volume")
    return Zone(
        name=file.stem,
        sound=sound[int(number("offset") * factor):],
        sample_rate=rate,
        keys=(max(0, keys[0]), min(127, keys[1])),
        root=key(opcodes.get("pitch_keycenter", only or "60")) + shift if is_pitched else None,
        velocities=velocities,
        cents=number("tune", number("pitch")) + 100 * number("transpose"),
        gain_db=sum(number(name) for name in volumes),
        loop=tuple(round(place * factor) for place in loop) if loop and mode.startswith("loop") else None,
        attack_secs=number("ampeg_attack"),
        release_secs=number("ampeg_release", 3.0 if mode == "one_shot" else 0.1),
    )


# SoundFont 2.04: one preset of one instrument

VALUES = dict(sample_modes=54, attack=34, release=38, attenuation=48, coarse_tune=51, fine_tune=52, scale_tuning=56,
              sample_id=53)
KEY_RANGE, VELOCITY_RANGE, INSTRUMENT = 43, 44, 41
GAP_SAMPLES = 46  # between samples, as the format asks


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def name20(text):
    return text.encode("ascii", "replace")[:19].ljust(20, b"\0")


def timecents(secs):
    return max(-12_000, min(8_000, round(1_200 * math.log2(max(secs, 1e-3)))))


def generators(zone, sample_id):
    semitones = round(zone.cents / 100)
    values = dict(
        attenuation=max(0, min(1_440, round(-10 * zone.gain_db))),
        coarse_tune=max(-120, min(120, semitones)),
        fine_tune=round(zone.cents - 100 * semitones),
        attack=timecents(zone.attack_secs),
        release=timecents(zone.release_secs),
        sample_modes=1 if zone.loop else 0,
    )
    if zone.root is None:
        values["scale_tuning"] = 0
    ranges = struct.pack("<HBBHBB", KEY_RANGE, *zone.keys, VELOCITY_RANGE, *zone.velocities)
    return ranges + b"".join(struct.pack("<Hh", VALUES[name], value) for name, value in values.items()) + struct.pack(
        "<HH", VALUES["sample_id"], sample_id)


def sample_header(zone, start):
    loop = zone.loop or (0, 0)
    root = 60 if zone.root is None else max(0, min(127, zone.root))
    places = start, start + len(zone.sound), start + loop[0], start + loop[1]
    return name20(zone.name) + struct.pack("<IIIIIBbHH", *places, zone.sample_rate, root, 0, 0, 1)


def sound_font(zones, program, name):
    sounds, headers, bags, values, start = [], [], [], [], 0
    for index, zone in enumerate(zones):
        headers.append(sample_header(zone, start))
        sounds += [numpy.round(numpy.clip(zone.sound, -1, 1) * 32_767).astype("<i2"), numpy.zeros(GAP_SAMPLES, "<i2")]
        start += len(zone.sound) + GAP_SAMPLES
        bags.append(struct.pack("<HH", sum(map(len, values)) // 4, 0))
        values.append(generators(zone, index))
    bags.append(struct.pack("<HH", sum(map(len, values)) // 4, 0))
    patch, bank = (0, DRUMS) if program == DRUMS else (program, 0)
    records = dict(
        phdr=name20(name) + struct.pack("<HHHIII", patch, bank, 0, 0, 0, 0)
        + name20("EOP") + struct.pack("<HHHIII", 0, 0, 1, 0, 0, 0),
        pbag=struct.pack("<HHHH", 0, 0, 1, 0),
        pmod=bytes(10),
        pgen=struct.pack("<HH", INSTRUMENT, 0) + bytes(4),
        inst=name20(name) + struct.pack("<H", 0) + name20("EOI") + struct.pack("<H", len(zones)),
        ibag=b"".join(bags),
        imod=bytes(10),
        igen=b"".join(values) + bytes(4),
        shdr=b"".join(headers) + name20("EOS") + bytes(26),
    )
    info = chunk(b"ifil", struct.pack("<HH", 2, 4)) + chunk(b"isng", b"EMU8000\0") + chunk(b"INAM", name20(name))
    lists = (b"INFO" + info, b"sdta" + chunk(b"smpl", numpy.concatenate(sounds).tobytes()),
             b"pdta" + b"".join(chunk(record.encode(), data) for record, data in records.items()))
    return chunk(b"RIFF", b"sfbk" + b"".join(chunk(b"LIST", data) for data in lists))


READERS = {".js": webaudiofont_zones, ".json": webaudiofont_json_zones, ".pat": patch_zones, ".sfz": sfz_zones}


def zones_of(files):
    zones = []
    readings = [(READERS[file.suffix], file) for file in files if file.suffix in READERS]
    notes = [file for file in files if file.suffix not in READERS]
    if notes:
        readings.append((lambda _: note_zones(notes), notes[0]))
    for reader, file in readings:
        try:
            zones += reader(file)
        except (OSError, ValueError, struct.error, soundfile.SoundFileError) as error:
            print(f"{file}: {error}", file=sys.stderr)
    loudest_db = max((zone.gain_db for zone in zones), default=0.0)
    for zone in zones:
        zone.gain_db -= loudest_db
    return zones


def main(out, *arguments):
    programs = {}
    for argument in arguments:
        program, _, file = argument.partition("=")
        if not file or not program.isdigit() or int(program) > DRUMS:
            sys.exit(f"{argument}: not PROGRAM=FILE with a program from 0 to {DRUMS}")
        programs.setdefault(int(program), []).extend(map(pathlib.Path, sorted(glob.glob(file)) or [file]))
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for program, files in programs.items():
        zones = zones_of(files)
        if not zones:
            print(f"{files[0]}: nothing in it to play", file=sys.stderr)
            continue
        unfinished = out / f"{program:03}.part"
        unfinished.write_bytes(sound_font(zones, program, files[0].stem))
        unfinished.rename(out / f"{program:03}.sf2")
        print(f"{out}/{program:03}.sf2: {len(zones)} zones")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
