"""Writes the .pt files of this folder and what PyTorch itself computes with them. Those that
`modhost plugin check` uses go into the plugin's folder.

    PYTHONHASHSEED=0 /usr/bin/python3 make_networks.py   # Debian's python3-torch 1.13.1
    /usr/bin/python3 make_networks.py FOLDER             # all into FOLDER instead

For each network NAME: NAME.pt, and in expected.npz: NAME/input, NAME/output (of the whole network)
and NAME/masked, the outputs of three single passes with masked parameters: entry i (flat) of the
p-th parameter is kept under mask k when (3 i + 5 p + 7 k) % 11 < 8.
"""
import io
import os
import sys
import zipfile

import numpy as np
import torch

import networks as n

here = os.path.dirname(os.path.abspath(__file__))
folder = sys.argv[1] if len(sys.argv) > 1 else here
check_folder = (folder if len(sys.argv) > 1 else
                os.path.join(here, "../../../plugins/models/torchscript/check"))
checked = ["mlp", "resnet", "lstm", "transformer"]
expected = {}


def features(*shape):
    return torch.randn(*shape)


def tokens(rows, length, vocabulary=11):
    return torch.randint(vocabulary, (rows, length))


def settle(net):
    """Norms and biases get values that are not those of the start."""
    for module in net.modules():
        if getattr(module, "running_mean", None) is not None:
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
        if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.LayerNorm,
                               torch.nn.GroupNorm, torch.nn.InstanceNorm1d)):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.2)
    for parameter in net.parameters():  # biases that begin with zeros: no mask would change them
        if parameter.detach().abs().max() == 0:
            torch.nn.init.normal_(parameter, 0, 0.2)
    return net.eval()


def keep(position, variant, parameter):
    index = torch.arange(parameter.numel()).view(parameter.shape)
    return ((3 * index + 5 * position + 7 * variant) % 11 < 8).to(parameter.dtype)


def masked_outputs(net, x):
    whole = {name: value.detach().clone() for name, value in net.state_dict().items()}
    outputs = []
    for variant in range(3):
        with torch.no_grad():
            for position, (_, parameter) in enumerate(net.named_parameters()):
                parameter.mul_(keep(position, variant, parameter))
            outputs.append(net(x))
        net.load_state_dict(whole)
    return torch.stack(outputs)


def save(script, name, edit=lambda code: code):
    """Saves without the archive's debug records, which are most of a small file."""
    buffer = io.BytesIO()
    torch.jit.save(script, buffer)
    with zipfile.ZipFile(buffer) as source:
        place = check_folder if name in checked else folder
        with zipfile.ZipFile(os.path.join(place, name + ".pt"), "w") as target:
            for item in source.infolist():
                if item.filename.endswith(".debug_pkl"):
                    continue
                code = "/code/" in item.filename
                content = source.read(item)
                target.writestr(zipfile.ZipInfo(item.filename), edit(content) if code else content,
                                zipfile.ZIP_DEFLATED if code else zipfile.ZIP_STORED)


def record(name, net, x, trace=False, script=True):
    settle(net)
    if script:
        save(torch.jit.script(net), name)
    if trace:
        save(torch.jit.trace(net, x[:2], check_trace=False), name + "_traced")
    with torch.no_grad():
        expected[name + "/input"] = x.numpy()
        expected[name + "/output"] = net(x).numpy()
        expected[name + "/masked"] = masked_outputs(net, x).numpy()


torch.manual_seed(1)
record("mlp", n.Mlp(), features(4, 12))
record("resnet", n.ResNet(), features(4, 1, 6, 5), trace=True)
record("lstm", n.Lstm(), features(4, 5, 3), trace=True)
record("gru", n.TimeMajorGru(), features(4, 5, 3), trace=True)
record("transformer", n.Transformer(), tokens(4, 6), trace=True)
record("attention", n.Attention(), features(4, 5, 3))
record("control_flow", n.ControlFlow(), features(4, 5, 3))
record("functional", n.Functional(), features(4, 12))
record("tied", n.Tied(), tokens(4, 6), trace=True)
record("norms", n.Norms(), features(4, 5, 3))
record("vision", n.Vision(), features(4, 1, 4, 4), trace=True)
record("by_value", n.ByValue(), features(4, 12))
record("across_batch", n.AcrossBatch(), features(4, 12))

with torch.no_grad():  # PyTorch's one-call encoder layer, which has no gradient
    net = settle(n.Transformer(norm_first=True))
    x = tokens(4, 6)
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    save(torch.jit.trace(net, x[:2], check_trace=False), "transformer_fused")
    expected["transformer_fused/input"] = x.numpy()
    expected["transformer_fused/output"] = net(x).numpy()
    expected["transformer_fused/masked"] = masked_outputs(net, x).numpy()

save(torch.jit.script(settle(n.GlyphNet())), "glyphs")
save(torch.jit.script(n.Unused()), "unused")
save(torch.jit.script(n.Hidden()), "hidden")
save(torch.jit.script(n.OnCuda()), "on_cuda")
save(torch.jit.script(n.TwoInputs()), "two_inputs")
save(torch.jit.script(n.TwoOutputs()), "two_outputs")
save(torch.jit.script(n.Mlp().half()), "half")
save(torch.jit.script(n.Mlp().double()), "double")
save(torch.jit.freeze(torch.jit.script(n.Mlp().eval())), "frozen")
save(torch.jit.trace(n.FixedBatch(), features(2, 12), check_trace=False), "fixed_batch")
save(torch.jit.script(n.Mlp()), "unknown_call",
     lambda code: code.replace(b"torch.linear", b"torch.linaer"))
torch.save(n.Mlp().state_dict(), os.path.join(folder, "state_dict.pt"))
record("started", n.Started(), features(4, 5, 3))
record("viewed", n.Viewed(), features(4, 1, 4, 5))
save(torch.jit.script(n.Endless()), "endless")
save(torch.jit.script(n.EndlessInTraining()), "endless_in_training")
record("long_loop", n.LongLoop(), features(4, 12))
np.savez(os.path.join(folder, "expected.npz"), **expected)
