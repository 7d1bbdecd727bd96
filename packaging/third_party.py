#!/usr/bin/env python3
"""The licences and the bill of materials (CycloneDX 1.5) of all crates that the program holds.

third_party.py FOLDER: writes FOLDER/third-party-licences.txt and FOLDER/sbom.cdx.json.
"""
import json
import os
import re
import subprocess
import sys



def target():
    """What is built for: this machine."""
    told = subprocess.run(["rustc", "-vV"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return re.search(r"^host: (.+)$", told, re.MULTILINE)[1]


def used(metadata):
    """The packages that the program is built of: normal dependencies, not those of tests or of build scripts alone."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    wanted, todo = set(), [metadata["resolve"]["root"]]
    while todo:
        package = todo.pop()
        if package in wanted:
            continue
        wanted.add(package)
        for dependency in nodes[package]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                todo.append(dependency["pkg"])
    packages = [package for package in metadata["packages"] if package["id"] in wanted]
    return sorted(packages, key=lambda package: (package["name"], package["version"]))


def texts(package):
    """The licence files of a crate."""
    folder = os.path.dirname(package["manifest_path"])
    for name in sorted(os.listdir(folder)):
        if re.match(r"(?i)(licen[cs]e|copying|notice|unlicense|ofl)", name) and os.path.isfile(os.path.join(folder, name)):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                yield file.read().strip()


def unsafe(package):
    """How many places of a crate's sources are unsafe: blocks, functions, traits and their implementations."""
    count = 0
    for folder, _, files in os.walk(os.path.join(os.path.dirname(package["manifest_path"]), "src")):
        for name in files:
            if name.endswith(".rs"):
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    code = re.sub(r"//[^\n]*", "", file.read())
                count += len(re.findall(r"\bunsafe\s*(?:\{|fn\b|impl\b|trait\b|extern\b)", code))
    return count


def main(folder):
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target()]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = used(metadata)
    with open("Cargo.lock", encoding="utf-8") as file:
        lock = file.read()
    sums = dict()
    for name, version, checksum in re.findall(
        r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"', lock
    ):
        sums[name, version] = checksum
    by_text = {}
    without = []
    for package in packages:
        found = list(texts(package))
        if not found and package["source"]:
            without.append(package)
        for text in found:
            by_text.setdefault(text, []).append(f'{package["name"]} {package["version"]}')
    with open(os.path.join(folder, "third-party-licences.txt"), "w", encoding="utf-8") as out:
        out.write("The crates that coupon-kiosk holds, by the texts of their licences.\n")
        for text, crates in sorted(by_text.items(), key=lambda item: item[1]):
            out.write(f"\n{'=' * 100}\n{', '.join(crates)}\n{'-' * 100}\n{text}\n")
        out.write(f"\n{'=' * 100}\nCrates that carry no text of their own, with the licence that they name:\n")
        for package in without:
            out.write(f'{package["name"]} {package["version"]}: {package["license"]}\n')
    components = []
    unsafe_crates = unsafe_places = 0
    for package in packages:
        if not package["source"]:
            continue
        purl = f'pkg:cargo/{package["name"]}@{package["version"]}'
        component = {"type": "library", "bom-ref": purl, "name": package["name"], "version": package["version"], "purl": purl}
        if package["license"]:
            component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        checksum = sums.get((package["name"], package["version"]))
        places = unsafe(package)
        unsafe_places += places
        unsafe_crates += bool(places)
        component["properties"] = [{"name": "coupon-kiosk:unsafe", "value": str(places)}]
        if checksum:
            component["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        components.append(component)
    root = next(package for package in packages if not package["source"])
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "coupon-kiosk",
                "name": root["name"],
                "version": root["version"],
                "licenses": [{"expression": root["license"]}],
            }
        },
        "components": components,
    }
    with open(os.path.join(folder, "sbom.cdx.json"), "w", encoding="utf-8") as out:
        json.dump(bill, out, indent=1)
        out.write("\n")
    own = unsafe(root)
    print(f"unsafe: {own} places of the program's own, {unsafe_places} in {unsafe_crates} crates", file=sys.stderr)
    print(f"{len(components)} crates, {len(by_text)} texts, {len(without)} without a text of their own", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
