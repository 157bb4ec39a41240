#!/usr/bin/env python3
"""What ten single trainings cost in plain PyTorch, for the networks of the benchmarks seeds/*.

    tests/bench/single_trainings.py

Steps alone (forward, loss, backward, Adam) on one batch that lies ready: no loading, no validation,
no files, all of which modhost_bench counts. One JSON object a line; CPU seconds, one thread.
"""
import json
import time

import torch
from torch import nn

SEEDS = 10
# name: widths, rows of a batch, steps of a training, weight decay, last layer, loss
COURSES = {
    "seeds/sculpting-4-24-4": ([4, 24, 4], 8, 30, 1e-4, nn.Sigmoid(), nn.functional.binary_cross_entropy),
    "seeds/sculpting-8-60x4-16": ([8, 60, 60, 60, 60, 16], 32, 240, 1e-4, nn.Sigmoid(),
                                  nn.functional.binary_cross_entropy),
    "seeds/fnn-400-400-200": ([42, 400, 400, 200, 20], 128, 300, 0, nn.Identity(),
                              lambda y, t: nn.functional.cross_entropy(y.view(-1, 10),
                                                                       t.view(-1, 10).argmax(1))),
}


def train(widths, rows, steps, decay, last, loss):
    layers = []
    for before, after in zip(widths, widths[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    network = nn.Sequential(*layers[:-1], last)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, weight_decay=decay)
    x, target = torch.rand(rows, widths[0]), torch.rand(rows, widths[-1]).round()
    start = time.process_time()
    for _ in range(steps):
        optimizer.zero_grad()
        loss(network(x), target).backward()
        optimizer.step()
    return time.process_time() - start


def main():
    torch.set_num_threads(1)
    for name, course in COURSES.items():
        train(*course)  # a first one to warm up
        seconds = sum(train(*course) for _ in range(SEEDS))
        print(json.dumps({"name": name, "seeds": SEEDS, "pytorch_cpu_s": seconds}), flush=True)


if __name__ == "__main__":
    main()
