"""Small networks as users of PyTorch write them. Nothing here knows of masks."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


class Mlp(nn.Module):
    def __init__(self, inputs=12, hidden=16, classes=5):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, classes))

    def forward(self, x):
        return self.net(x)


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, groups=2)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.short = nn.Conv2d(inputs, outputs, 1, stride=stride)

    def forward(self, x):
        y = F.relu_(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += self.short(x)
        return torch.relu(y)


class ResNet(nn.Module):
    def __init__(self, channels=1, classes=5):
        super().__init__()
        self.stem = nn.Conv2d(channels, 4, (3, 1), padding=(1, 0))
        self.blocks = nn.Sequential(Residual(4, 4, 1), Residual(4, 6, 2))
        self.head = nn.Linear(6, classes)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.head(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Lstm(nn.Module):
    def __init__(self, inputs=3, hidden=6, classes=4):
        super().__init__()
        self.rnn = nn.LSTM(inputs, hidden, num_layers=2, batch_first=True)
        self.head = nn.Linear(hidden, classes)

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.head(y[:, -1])


class Started(nn.Module):
    """An LSTM that does not begin with zeros."""

    def __init__(self, inputs=3, hidden=4, classes=4):
        super().__init__()
        self.rnn = nn.LSTM(inputs, hidden, batch_first=True)
        self.head = nn.Linear(hidden, classes)

    def forward(self, x):
        start = torch.ones([1, x.size(0), 4], dtype=x.dtype, device=x.device)
        y, _ = self.rnn(x, (start, start))
        return self.head(y[:, -1])


class Viewed(nn.Module):
    """view() after a convolution and after a time-major layer asks for PyTorch's order in memory."""

    def __init__(self, classes=5):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.step = nn.Linear(20, 6)
        self.head = nn.Linear(24, classes)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x)))
        x = self.step(x.view(x.size(0), 4, 20).transpose(0, 1))
        return self.head(x.view(4, -1).view(4, -1, 6).transpose(0, 1).flatten(1))


class TimeMajorGru(nn.Module):
    """Time-major inside, both directions, and a linear layer on [steps, batch, features]."""

    def __init__(self, inputs=3, hidden=4, classes=4):
        super().__init__()
        self.rnn = nn.GRU(inputs, hidden, bidirectional=True)
        self.out = nn.Linear(2 * hidden, classes)

    def forward(self, x):
        y, state = self.rnn(x.transpose(0, 1))
        return self.out(y).mean(0) + state.sum(0)


class Transformer(nn.Module):
    """nn.MultiheadAttention turns [batch, steps, features] to time-major inside."""

    def __init__(self, vocabulary=11, width=8, classes=4, norm_first=False):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.place = nn.Parameter(0.1 * torch.randn(1, 32, width))
        layer = nn.TransformerEncoderLayer(width, 2, 12, batch_first=True, norm_first=norm_first)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens):
        x = self.embed(tokens) + self.place[:, :tokens.size(1)]
        return self.head(self.encoder(x).mean(1))


class Attention(nn.Module):
    """Attention alone on time-major tensors, across two sequences."""

    def __init__(self, inputs=3, width=8, classes=4):
        super().__init__()
        self.up = nn.Linear(inputs, width)
        self.other = nn.Linear(inputs, width)
        self.attention = nn.MultiheadAttention(width, 2)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        steps = x.transpose(0, 1)
        y, weights = self.attention(self.up(steps), self.other(steps), self.other(steps))
        assert weights is not None
        return self.head(y).sum(0) + weights[:, 0, :1]


class ControlFlow(nn.Module):
    """Loops over steps and layers, a branch on a size, a cell used many times."""

    def __init__(self, inputs=3, hidden=5, classes=4):
        super().__init__()
        self.hidden = hidden
        self.cell = nn.GRUCell(inputs, hidden)
        self.layers = nn.ModuleList([nn.Linear(hidden, hidden) for _ in range(3)])
        self.long = nn.Linear(hidden, classes)
        self.short = nn.Linear(hidden, classes)

    def forward(self, x: Tensor) -> Tensor:
        state = torch.zeros(x.size(0), self.hidden, dtype=x.dtype, device=x.device)
        for step in range(x.size(1)):
            state = self.cell(x[:, step], state)
        for layer in self.layers:
            state = state + torch.tanh(layer(state))
        if x.size(1) > 100:
            return self.long(state)
        return self.short(state)


class Functional(nn.Module):
    """Parameters of the module itself, used by functions and operators."""

    def __init__(self, inputs=12, classes=5):
        super().__init__()
        self.weight = nn.Parameter(0.3 * torch.randn(8, inputs))
        self.bias = nn.Parameter(0.1 * torch.randn(8))
        self.mix = nn.Parameter(0.3 * torch.randn(8, classes))
        self.scale = nn.Parameter(torch.rand(classes) + 0.5)

    def forward(self, x):
        x = F.linear(x, self.weight, self.bias)
        x = F.linear(torch.tanh(x), self.weight[:, :8] * 0.5)
        return (x @ self.mix) * self.scale.exp()


class Tied(nn.Module):
    """The table of the embedding is the last projection as well."""

    def __init__(self, vocabulary=11, width=6):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.mid = nn.Linear(width, width)
        self.out = nn.Linear(width, vocabulary, bias=False)
        self.out.weight = self.embed.weight

    def forward(self, tokens):
        return self.out(torch.tanh(self.mid(self.embed(tokens).mean(1))))


class Norms(nn.Module):
    """One-dimensional convolutions and every other norm."""

    def __init__(self, inputs=3, classes=4):
        super().__init__()
        self.conv = nn.Conv1d(inputs, 6, 3, padding=1, dilation=1)
        self.group = nn.GroupNorm(3, 6)
        self.batch = nn.BatchNorm1d(6)
        self.layer = nn.LayerNorm([6, 5])
        self.instance = nn.InstanceNorm1d(6, affine=True)
        self.prelu = nn.PReLU(6)
        self.back = nn.ConvTranspose1d(6, 4, 2, stride=2)
        self.head = nn.Linear(4, classes)

    def forward(self, x):
        x = self.prelu(self.group(self.conv(x.transpose(1, 2))))
        x = self.instance(self.layer(self.batch(x)))
        return self.head(self.back(x).mean(2))


class Vision(nn.Module):
    """Patches, a class token that is a parameter, attention by hand."""

    def __init__(self, side=4, width=8, classes=5):
        super().__init__()
        self.patch = nn.Conv2d(1, width, 2, stride=2)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.place = nn.Parameter(0.1 * torch.randn((side // 2) ** 2 + 1, width))
        self.qkv = nn.Linear(width, 3 * width)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.size(0), -1, -1), x], dim=1) + self.place
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        weights = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(q.size(-1)), -1)
        return self.head(self.norm(x + weights @ v)[:, 0])


class ByValue(nn.Module):
    """Looks at the values of the batch to choose its way: no batch of parts can do that."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(12, 6)
        self.second = nn.Linear(6, 5)

    def forward(self, x: Tensor) -> Tensor:
        y = self.first(x)
        if bool(y.sum() > 0):
            y = torch.tanh(y)
        return self.second(y)


class AcrossBatch(nn.Module):
    """Samples of a batch see each other: batch statistics also in evaluation."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(12, 6)
        self.norm = nn.BatchNorm1d(6, track_running_stats=False)
        self.second = nn.Linear(6, 5)

    def forward(self, x):
        return self.second(self.norm(self.first(x)))


class Unused(nn.Module):
    """A head that forward never calls."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(12, 5)
        self.auxiliary = nn.Linear(12, 3)

    def forward(self, x):
        return self.body(x)


class Hidden(nn.Module):
    """Reads its weight through a dictionary: replacing the parameter would change nothing."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(5, 12))
        self.table = {"weight": self.weight}

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.table["weight"])


class OnCuda(nn.Module):
    """Makes a tensor on a device that is written into the code."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(12, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x) + torch.ones([5], device=torch.device("cuda:0"))


class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(12, 5)

    def forward(self, x, y):
        return self.body(x) + y


class TwoOutputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(12, 5)

    def forward(self, x):
        return self.body(x), x


class FixedBatch(nn.Module):
    """Traced, its view keeps the size of the batch that it was traced with."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(12, 5)

    def forward(self, x):
        return self.body(x.view(int(x.size(0)), 12))


class Endless(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(12, 5)

    def forward(self, x):
        x = self.body(x)
        while True:
            x = x + 1
        return x


class EndlessInTraining(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(12, 5)

    def forward(self, x):
        x = self.body(x)
        while self.training:
            x = x + 1
        return x


class LongLoop(nn.Module):
    """More rounds of one operation after the other than a compiler that calls itself can follow."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(12, 5)

    def forward(self, x):
        x = self.body(x)
        for _ in range(15000):
            x = x * 0.9999
        return x


class GlyphNet(nn.Module):
    """Images of 16 x 16 pixels in one of ten classes: convolutions, then attention over positions."""

    def __init__(self, channels=1, width=8, classes=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(channels, width, 3, stride=2, padding=1),
                                  nn.BatchNorm2d(width), nn.ReLU(),
                                  nn.Conv2d(width, width, 3, stride=2, padding=1))
        self.attention = nn.MultiheadAttention(width, 2)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = self.stem(x).flatten(2).permute(2, 0, 1)
        y, _ = self.attention(x, x, x)
        return self.head(self.norm(x + y).mean(0))
