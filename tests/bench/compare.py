#!/usr/bin/env python3
"""Mask steps and clusterings of modhost beside those of a Python program, in turn, as one table.

    tests/bench/compare.py --other "python3 PROGRAM.py" [--rounds 3] [--only NAME ...]

The other program is called as `PROGRAM mask-step --net NET --threads N ...` and prints one JSON
object a line with {"unmasked": {"cpu_s": ...}, "masked": {"cpu_s": ...}}; called as
`PROGRAM sample --threads N` it prints {"cpu_s": ...}, the time to draw 4 masks of 4 million logits;
called as `PROGRAM cluster --net NET --shuffles 20 --k 4 --threads N` the same, for one spectral
clustering of a network's units; as `PROGRAM sculpt --threads N` the same for one network that is
trained, pruned in units and in edges with five gradients, and searched for modules.
Each round runs it and modhost_bench back to back on each network; the table has the medians of the
rounds, in CPU seconds.
"""
import argparse
import json
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parents[2] / "build/release/tests/bench/modhost_bench"
# What the other program is asked for; a second line where it has a faster variant.
OTHER = {
    "mask-step/fnn-2000x4": ["mask-step --net mlp", "mask-step --net mlp --fast"],
    "mask-step/fnn-800x4": ["mask-step --net mlp --small", "mask-step --net mlp --small --fast"],
    "mask-step/lstm-256": ["mask-step --net lstm", "mask-step --net lstm --fast"],
    "mask-step/cnn": ["mask-step --net cnn"],
    "mask-step/transformer": ["mask-step --net transformer", "mask-step --net transformer --fast"],
    "mask-step/scl-160": ["mask-step --net scl --image 160"],
    "sample": ["sample"],
    "cluster/mlp-dense": ["cluster --net mlp_dense --shuffles 20 --k 4"],
    "cluster/mlp-pruned90": ["cluster --net mlp_pruned90 --shuffles 20 --k 4"],
    "cluster/cnn": ["cluster --net cnn --shuffles 20 --k 4"],
    "sculpt/example": ["sculpt"],
}


def lines_of(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit("failed: " + " ".join(command))
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def theirs(args, words):
    record = lines_of(args.other + words.split() + ["--threads", str(args.threads)])[0]
    if "masked" not in record:
        return {"mask": record["cpu_s"]}
    return {"plain": record["unmasked"]["cpu_s"], "mask": record["masked"]["cpu_s"]}


def ours(args, name):
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        lines_of([args.bench, "--only", name, "--threads", str(args.threads), "--out", file.name])
        records = [json.loads(line) for line in open(file.name)]
    if "mask_cpu_s" not in records[0]:
        return {"": {"mask": records[0]["cpu_s"]}}
    return {r["estimator"]: {"plain": r["plain_cpu_s"], "mask": r["mask_cpu_s"]} for r in records}


def median(rounds):
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def cells(times):
    plain = times.get("plain")
    ratio = f"{times['mask'] / plain:.2f}" if plain else ""
    return [f"{plain:.4f}" if plain else "", f"{times['mask']:.4f}", ratio]


def rows(name, other, own):
    best = min(one["mask"] for one in other)
    for words, times in zip(OTHER[name], other):
        yield [name, "Python, --fast" if "--fast" in words else "Python", *cells(times), ""]
    for estimator, times in own.items():
        yield [name, f"modhost {estimator}".strip(), *cells(times), f"{best / times['mask']:.1f}"]


def measure(args, name):
    other, own = [[] for _ in OTHER[name]], {}
    for number in range(args.rounds):
        print(f"{name}: round {number + 1} of {args.rounds}", file=sys.stderr)
        for collected, words in zip(other, OTHER[name]):
            collected.append(theirs(args, words))
        for estimator, times in ours(args, name).items():
            own.setdefault(estimator, []).append(times)
    return rows(name, [median(one) for one in other], {k: median(v) for k, v in own.items()})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--other", required=True, type=shlex.split, help="command of the program")
    parser.add_argument("--bench", default=str(BENCH), help="path of modhost_bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", action="append", choices=OTHER, metavar="NAME")
    args = parser.parse_args()
    head = ["name", "program", "plain step, s", "mask step or work, s", "ratio", "times faster"]
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
    for name in args.only or OTHER:
        for row in measure(args, name):
            print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
