#!/usr/bin/env python3
"""What ten single trainings cost in plain PyTorch, for the networks of the benchmarks seeds/*.

    tests/bench/single_trainings.py

One JSON object a line; CPU seconds, one thread. `steps_cpu_s`: steps alone (forward, loss, backward,
Adam) on one batch that lies ready. `pytorch_cpu_s`: whole trainings, as those of modhost_bench:
shuffled batches of a DataLoader, validation and a checkpoint after each epoch.
"""
import json
import tempfile
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEEDS = 10


def digits(y, target):
    return nn.functional.cross_entropy(y.view(-1, 10), target.view(-1, 10).argmax(1))


bits = nn.functional.binary_cross_entropy
# name: widths, rows (training, validation), rows of a batch, epochs, learning rate, weight decay, last layer, loss
COURSES = {
    "seeds/sculpting-4-24-4": ([4, 24, 4], (16, 16), 8, 15, 0.05, 1e-4, nn.Sigmoid(), bits),
    "seeds/sculpting-8-60x4-16": ([8, 60, 60, 60, 60, 16], (256, 256), 32, 30, 0.05, 1e-4, nn.Sigmoid(), bits),
    "seeds/fnn-400-400-200": ([42, 400, 400, 200, 20], (12800, 256), 128, 3, 1e-3, 0, nn.Identity(), digits),
}


class Training:
    def __init__(self, widths, sizes, rows, epochs, lr, decay, last, loss):
        layers = []
        for before, after in zip(widths, widths[1:]):
            layers += [nn.Linear(before, after), nn.ReLU()]
        self.network = nn.Sequential(*layers[:-1], last)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr, weight_decay=decay)
        self.rows, self.epochs, self.loss = rows, epochs, loss
        self.data = [
            TensorDataset(torch.rand(size, widths[0]), torch.rand(size, widths[-1]).round()) for size in sizes
        ]

    def step(self, x, target):
        self.optimizer.zero_grad()
        self.loss(self.network(x), target).backward()
        self.optimizer.step()

    def steps(self):
        x, target = self.data[0][: self.rows]
        for _ in range(self.epochs * (len(self.data[0]) // self.rows)):
            self.step(x, target)

    def whole(self):
        train = DataLoader(self.data[0], self.rows, shuffle=True)
        validation = DataLoader(self.data[1], self.rows)
        for _ in range(self.epochs):
            for x, target in train:
                self.step(x, target)
            with torch.no_grad():
                for x, target in validation:
                    self.loss(self.network(x), target).item()
            with tempfile.TemporaryFile() as out:
                torch.save([self.network.state_dict(), self.optimizer.state_dict()], out)


def seconds(course, run):
    total = 0
    for _ in range(SEEDS):
        training = Training(*course)
        start = time.process_time()
        run(training)
        total += time.process_time() - start
    return total


def main():
    torch.set_num_threads(1)
    for name, course in COURSES.items():
        Training(*course).steps()  # to warm up
        row = {"name": name, "seeds": SEEDS, "steps_cpu_s": seconds(course, Training.steps),
               "pytorch_cpu_s": seconds(course, Training.whole)}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
