"""How is a trained network written so that TypeScript reads it, and can it prove that it reads it right?

    python export.py CHECKPOINT FOLDER

Writes FOLDER/handwriting.bin:

    bytes 0-3   "MCHM"
    bytes 4-7   length n of the header, unsigned, little-endian
    bytes 8-…   the header: JSON, UTF-8, n bytes
    then        the weights: 16-bit floats, little-endian, one tensor after the other

and FOLDER/reference.json: inputs and the logits that the very same 16-bit weights give here.
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch
from network import LineReader


def plain_forward(steps, ink):
    """The file's own steps in the file's own layout, [h, w, c]: what any other reader must answer."""
    x, kept = ink[None, None], []
    for step in steps:
        if step["op"] == "keep":
            kept.append(x)
        elif step["op"] == "add":
            x = x + kept.pop()
        elif step["op"] == "columns":
            x = x.permute(0, 2, 1, 3).reshape(1, -1, 1, x.shape[3])
        else:
            depthwise = step["op"] == "depthwise"
            weight = step["weight"].permute(2, 3, 0, 1) if depthwise else step["weight"].permute(3, 2, 0, 1)
            groups = weight.shape[0] if depthwise else 1
            x = torch.nn.functional.conv2d(
                x, weight, step["bias"], step["stride"], step["pad"], step["dilation"], groups
            )
            x = torch.relu(x) if step["relu"] else x
    return x[0, :, 0].T


def rounded(steps):
    """Weights as they are after 16 bits."""
    return [
        {k: v.detach().half().float() if torch.is_tensor(v) else v for k, v in step.items()} for step in steps
    ]


def file_of(steps, alphabet, height):
    offset, plain, payload = 0, [], b""
    for step in steps:
        entry = {}
        for key, value in step.items():
            if torch.is_tensor(value):
                raw = value.half().contiguous()
                # Without NumPy: a tensor's bytes through its storage.
                data = bytes(raw.view(torch.uint8).flatten().tolist())
                entry[key] = {"shape": list(value.shape), "offset": offset}
                offset += len(data)
                payload += data
            else:
                entry[key] = value
        plain.append(entry)
    header = {
        "version": 1,
        "alphabet": alphabet,
        "heightPx": height,
        "widthStepPx": 8,
        "pixelsAStep": 4,
        "blank": "first",
        "steps": plain,
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return b"MCHM" + len(text).to_bytes(4, "little") + text + payload


def write(reader, alphabet, folder, seed=1, widths=(64, 136)):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    reader.eval()
    height = reader.shape["height"]
    steps = rounded(reader.steps())
    data = file_of(steps, alphabet, height)
    (folder / "handwriting.bin").write_bytes(data)
    generator = torch.Generator().manual_seed(seed)
    cases = []
    with torch.no_grad():
        for width in widths:
            grey = torch.randint(0, 256, (height, width), generator=generator)
            logits = plain_forward(steps, (255 - grey).float() / 255)
            # The folded steps and the network itself must be one and the same function.
            ink = ((255 - grey).float() / 255)[None, None]
            drift = float((reader(ink)[:, 0] - logits).abs().max() / (1 + logits.abs().max()))
            if drift > 0.02:
                raise ValueError(f"folding changed the answer by {drift:.3f}")
            cases.append(
                {"width": width, "grey": grey.flatten().tolist(), "logits": [round(v, 5) for v in logits.flatten().tolist()]}
            )
    (folder / "reference.json").write_text(json.dumps({"heightPx": height, "cases": cases}, separators=(",", ":")))
    manifest = {"file": "handwriting.bin", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", nargs="?")
    parser.add_argument("folder")
    parser.add_argument("--random", type=int, help="seed: no checkpoint, a tiny network of random weights for tests")
    options = parser.parse_args()
    if options.random is not None:
        torch.manual_seed(options.random)
        alphabet = "aăâbcdđeê 0123456789"
        reader = LineReader(len(alphabet), width=16, stem=4, height=32, blocks=(1, 2))
        # Random running statistics, so that folding them wrongly shows.
        for part in reader.modules():
            if isinstance(part, torch.nn.BatchNorm2d):
                part.running_mean.normal_(0, 0.3)
                part.running_var.uniform_(0.5, 2)
                torch.nn.init.uniform_(part.weight, 0.6, 1.6)
                torch.nn.init.normal_(part.bias, 0, 0.3)
    else:
        kept = torch.load(options.checkpoint, map_location="cpu", weights_only=True)
        alphabet = kept["alphabet"]
        reader = LineReader(**kept["shape"])
        reader.load_state_dict(kept["average"])
    print(json.dumps(write(reader, alphabet, options.folder)))


if __name__ == "__main__":
    main()
