# Are the models that go into the image, bit for bit, those that were measured?
import hashlib
import json
import os


def files(manifest):
    """(path below node_modules, sha256) of every model file that comes in a package."""
    with open(manifest, encoding="utf-8") as stream:
        models = json.load(stream)["models"]
    for model in models:
        if "package" in model:
            for file in model["files"]:
                yield f"{model['package']}/{model['folder']}/{file['name']}", file["sha256"]


def problems(manifest, node_modules):
    """One sentence for each file that is missing or another one; none when all are right."""
    found = []
    for path, sha256 in files(manifest):
        whole = os.path.join(node_modules, path)
        if not os.path.isfile(whole):
            found.append(f"model {path} is missing")
            continue
        with open(whole, "rb") as stream:
            actual = hashlib.sha256(stream.read()).hexdigest()
        if actual != sha256:
            found.append(f"model {path} is not the file that src/ml/models.json states (sha256 {actual})")
    return found
