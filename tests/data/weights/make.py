"""Writes the files of this folder with PyTorch and NumPy: python3 make.py (Debian's python3-torch).

Every tensor counts: element i is (i - 3) / 4, exact in all types, unless said otherwise.
"""
import argparse
import collections
import io
import os
import pickle
import zipfile

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune


def counting(*shape, dtype=torch.float32):
    size = int(np.prod(shape))
    return ((torch.arange(size) - 3) / 4).reshape(shape).to(dtype)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.norm = nn.BatchNorm2d(2)
        self.head = nn.Linear(2, 3)
        with torch.no_grad():
            for tensor in self.state_dict().values():
                tensor.copy_(counting(*tensor.shape))

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x)))
        return self.head(x.mean((2, 3)))


class Scripted(nn.Module):
    """No layers of torch.nn: the file of a scripted one would hold their source."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(counting(3, 2))
        self.register_buffer("scale", counting(3))

    def forward(self, x):
        return torch.matmul(x, self.weight.t()) * self.scale


class ScriptedPair(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Scripted()
        self.net = Scripted()
        self.net.weight = self.first.weight

    def forward(self, x):
        return self.first(x) + self.net(x)


def state_dict(prefix=""):
    state = Net().state_dict()
    return collections.OrderedDict((prefix + name, value) for name, value in state.items())


def checkpoint():
    net = Net()
    adam = torch.optim.Adam(net.parameters())
    net(torch.ones(2, 1, 4, 4)).sum().backward()
    adam.step()
    return {
        "epoch": 3,
        "best": np.float64(0.75),
        "seen": torch.tensor(7),
        "args": argparse.Namespace(lr=0.1),
        "model": state_dict("module."),
        "optimizer": adam.state_dict(),
    }


def every_type():
    types = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32,
             torch.int16, torch.int8]
    out = {str(dtype)[6:]: counting(2, 3, dtype=dtype) for dtype in types}
    out["uint8"] = torch.arange(6, dtype=torch.uint8)
    out["bool"] = torch.arange(6) % 2 == 1
    base = counting(4, 6)
    out["parameter"] = nn.Parameter(base)
    out["tied"] = base
    out["turned"] = base.t()
    out["part"] = base[1:3, 2:5]
    out["expanded"] = counting(1, 3).expand(4, 3)
    out["scalar"] = torch.tensor(2.5)
    out["empty"] = torch.zeros(0, 5)
    out["array"] = np.asfortranarray(counting(2, 3).numpy())
    return out


def foreign():
    return {
        "weight": counting(2, 3),
        "sparse": torch.eye(3).to_sparse(),
        "complex": torch.zeros(2, dtype=torch.complex64),
        "quantized": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
        "text": "nothing",
        "objects": np.array([None, 1], dtype=object),
        "big_endian": np.arange(3, dtype=">f4"),
    }


def mask_checkpoint():
    logits = collections.OrderedDict(
        (name, nn.Parameter(counting(*value.shape)))
        for name, value in state_dict().items() if name.startswith(("conv", "head")))
    adam = torch.optim.Adam(logits.values(), lr=1e-2)
    sum(value.sum() for value in logits.values()).backward()
    before = [value.detach().clone() for value in logits.values()]
    adam.step()
    for value, old in zip(logits.values(), before):
        value.data.copy_(old)
    return {"alpha": 1e-4, "tau": 1.0, "global_step": 12, "train_epoch": 1,
            "logit_tensors_dict": logits, "optimiser": adam, "run_id": None}


def arrays():
    return {"c": counting(2, 3).numpy(), "fortran": np.asfortranarray(counting(2, 3).numpy()),
            "int": np.arange(4), "bool": np.arange(4) > 1, "scalar": np.float32(1.5),
            "none": np.zeros((0, 2), np.float32)}


def pruned():
    net = Net()
    prune.custom_from_mask(net.head, "weight", counting(3, 2) > 0)
    return net.state_dict()


def whole_network():
    net = nn.Sequential(collections.OrderedDict(body=nn.Linear(3, 2), head=nn.Sequential(
        nn.BatchNorm1d(2), nn.Linear(2, 3, bias=False))))
    with torch.no_grad():
        for tensor in net.state_dict().values():
            tensor.copy_(counting(*tensor.shape))
    return net


def save_script(module, path):
    """Without the members that name this folder and quote this file."""
    whole = io.BytesIO()
    torch.jit.save(module, whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            if not name.endswith(".debug_pkl"):
                member = zipfile.ZipInfo(name.replace("archive/", path[:-3] + "/"))
                target.writestr(member, source.read(name))


def save():
    torch.save(state_dict(), "state_dict.pt")
    torch.save(checkpoint(), "checkpoint.pt")
    torch.save(checkpoint(), "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(every_type(), "every_type.pt")
    torch.save(every_type(), "every_type_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(foreign(), "foreign.pt")
    torch.save(whole_network(), "whole_network.pt")
    torch.save(pruned(), "pruned.pt")
    torch.save({"VERSION": 1, "parameters": state_dict(), "state": {"steps": torch.tensor(5)}},
               "parameters_and_state.pt")
    torch.save({"generator": state_dict(), "critic": state_dict()}, "two_networks.pt")
    os.makedirs("stage_0", exist_ok=True)
    for name, value in state_dict().items():
        if name.startswith("head"):
            torch.save(value.numpy(), f"stage_0/{name}.pth")
    with open("masks.pickle", "wb") as out:
        pickle.dump(mask_checkpoint(), out, protocol=4)
    for protocol in (2, 3, 4, 5):
        with open(f"arrays_{protocol}.pickle", "wb") as out:
            pickle.dump(arrays(), out, protocol=protocol)
    save_script(torch.jit.script(ScriptedPair()), "script.pt")
    save_script(torch.jit.trace(Net().eval(), torch.ones(1, 1, 4, 4)), "trace.pt")
    save_script(torch.jit.freeze(torch.jit.script(ScriptedPair().eval())), "frozen.pt")


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    save()
