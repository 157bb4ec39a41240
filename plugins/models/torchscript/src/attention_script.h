// PyTorch's encoder layer and its attention in one call each: fast, but without gradients. These
// are the same computations in operations that have them, as TorchScript.
#pragma once

namespace modhost_torchscript {

// Functions named and called like the operations aten::_native_multi_head_attention and
// aten::_transformer_encoder_layer_fwd that they stand for; "_self": where query, key and value are
// one tensor, so that one product makes all three. Batch first: [batch, steps, width].
constexpr const char* kAttentionScript = R"(
def split_heads(x: Tensor, heads: int) -> Tensor:
    return x.view([x.size(0), x.size(1), heads, x.size(2) // heads]).transpose(1, 2)

def attended(query: Tensor, key: Tensor, value: Tensor, heads: int, proj_weight: Tensor,
        proj_bias: Tensor, mask: Optional[Tensor], average: bool,
        mask_type: Optional[int]) -> Tuple[Tensor, Tensor]:
    q = split_heads(query, heads)
    k = split_heads(key, heads)
    v = split_heads(value, heads)
    scores = torch.matmul(q, k.transpose(2, 3)) / float(q.size(3)) ** 0.5
    if mask is not None:
        hidden = mask != 0
        if mask_type is not None and mask_type == 1:
            hidden = hidden.view([hidden.size(0), 1, 1, hidden.size(1)])
        scores = scores.masked_fill(hidden, -float("inf"))
    attention = torch.softmax(scores, 3)
    y = torch.matmul(attention, v).transpose(1, 2).flatten(2)
    if average:
        attention = attention.mean([1])
    return torch.linear(y, proj_weight, proj_bias), attention

def _native_multi_head_attention(query: Tensor, key: Tensor, value: Tensor, embed_dim: int,
        num_head: int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor,
        proj_bias: Tensor, mask: Optional[Tensor], need_weights: bool,
        average_attn_weights: bool, mask_type: Optional[int]) -> Tuple[Tensor, Tensor]:
    weights = torch.chunk(qkv_weight, 3, 0)
    biases = torch.chunk(qkv_bias, 3, 0)
    return attended(torch.linear(query, weights[0], biases[0]),
        torch.linear(key, weights[1], biases[1]), torch.linear(value, weights[2], biases[2]),
        num_head, proj_weight, proj_bias, mask, average_attn_weights, mask_type)

def _native_multi_head_attention_self(query: Tensor, key: Tensor, value: Tensor, embed_dim: int,
        num_head: int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor,
        proj_bias: Tensor, mask: Optional[Tensor], need_weights: bool,
        average_attn_weights: bool, mask_type: Optional[int]) -> Tuple[Tensor, Tensor]:
    qkv = torch.chunk(torch.linear(query, qkv_weight, qkv_bias), 3, 2)
    return attended(qkv[0], qkv[1], qkv[2], num_head, proj_weight, proj_bias, mask,
        average_attn_weights, mask_type)

def _transformer_encoder_layer_fwd(src: Tensor, embed_dim: int, num_heads: int,
        qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor,
        use_gelu: bool, norm_first: bool, eps: float, norm_weight_1: Tensor,
        norm_bias_1: Tensor, norm_weight_2: Tensor, norm_bias_2: Tensor, ffn_weight_1: Tensor,
        ffn_bias_1: Tensor, ffn_weight_2: Tensor, ffn_bias_2: Tensor, mask: Optional[Tensor],
        mask_type: Optional[int]) -> Tensor:
    x = src
    y = torch.layer_norm(x, [embed_dim], norm_weight_1, norm_bias_1, eps) if norm_first else x
    z, _ = _native_multi_head_attention_self(y, y, y, embed_dim, num_heads, qkv_weight,
        qkv_bias, proj_weight, proj_bias, mask, False, True, mask_type)
    x = x + z
    if not norm_first:
        x = torch.layer_norm(x, [embed_dim], norm_weight_1, norm_bias_1, eps)
    y = torch.layer_norm(x, [embed_dim], norm_weight_2, norm_bias_2, eps) if norm_first else x
    y = torch.linear(y, ffn_weight_1, ffn_bias_1)
    y = torch.gelu(y) if use_gelu else torch.relu(y)
    x = x + torch.linear(y, ffn_weight_2, ffn_bias_2)
    if not norm_first:
        x = torch.layer_norm(x, [embed_dim], norm_weight_2, norm_bias_2, eps)
    return x
)";

}  // namespace modhost_torchscript
