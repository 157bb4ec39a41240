"""Saves networks for images [1, 16, 16] in ten classes into a folder: scripted, and some traced."""
import os
import sys

import torch
import torch.nn as nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/torchscript"))
import networks as n


class Rows(nn.Module):
    """The rows of the image are the steps of a sequence."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(x[:, 0])


class Block(nn.Module):
    """A block of PyTorch's transformer, with attention over the rows."""

    def __init__(self, width=16, classes=10):
        super().__init__()
        layer = nn.TransformerEncoderLayer(width, 4, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.encoder(x).mean(1))


torch.manual_seed(1)
networks = {"mlp": n.Mlp(256, 32, 10), "cnn": n.ResNet(1, 10), "lstm": Rows(n.Lstm(16, 12, 10)),
            "transformer": Rows(Block())}
for name, network in networks.items():
    torch.jit.script(network).save(os.path.join(sys.argv[1], name + ".pt"))
    with torch.no_grad():  # the encoder becomes one call then, which has no gradient
        traced = torch.jit.trace(network.eval(), torch.randn(2, 1, 16, 16))
    traced.save(os.path.join(sys.argv[1], name + "_traced.pt"))
