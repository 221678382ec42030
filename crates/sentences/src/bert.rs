//! The model itself: BERT's encoder, and the mean of its last layer.

use candle_core::{D, DType, Device, Module as _, Result, Tensor};
use candle_nn::{Embedding, LayerNorm, Linear, VarBuilder, embedding, layer_norm, linear, ops::softmax};

use crate::files::Shape;

/// See the module.
pub(crate) struct Bert {
    words: Embedding,
    positions: Embedding,
    kinds: Embedding,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl Bert {
    pub(crate) fn load(weights: Vec<u8>, shape: &Shape) -> Result<Self> {
        let weights = VarBuilder::from_buffered_safetensors(weights, DType::F32, &Device::Cpu)?;
        let weights =
            if weights.contains_tensor("bert.embeddings.LayerNorm.weight") { weights.pp("bert") } else { weights };
        let (at, size) = (weights.pp("embeddings"), shape.hidden_size);
        let layers = weights.pp("encoder.layer");
        Ok(Self {
            words: embedding(shape.vocab_size, size, at.pp("word_embeddings"))?,
            positions: embedding(shape.max_position_embeddings, size, at.pp("position_embeddings"))?,
            kinds: embedding(shape.type_vocab_size, size, at.pp("token_type_embeddings"))?,
            norm: layer_norm(size, shape.layer_norm_eps, at.pp("LayerNorm"))?,
            layers: (0..shape.num_hidden_layers)
                .map(|number| Layer::load(&layers.pp(number), shape))
                .collect::<Result<_>>()?,
        })
    }

    /// The mean of what the last layer says of these tokens, all of which are text.
    pub(crate) fn mean(&self, tokens: &[u32]) -> Result<Vec<f32>> {
        let places: Vec<u32> = (0..tokens.len() as u32).collect();
        let token = |numbers: &[u32]| Tensor::new(numbers, &Device::Cpu);
        let mut states = self.words.forward(&token(tokens)?)?;
        states = (states + self.kinds.forward(&token(&vec![0; tokens.len()])?)?)?;
        states = (states + self.positions.forward(&token(&places)?)?)?;
        states = self.norm.forward(&states)?;
        for layer in &self.layers {
            states = layer.forward(&states)?;
        }
        states.mean(0)?.to_vec1()
    }
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attended_norm: LayerNorm,
    wide: Linear,
    narrow: Linear,
    norm: LayerNorm,
    heads: usize,
}

impl Layer {
    fn load(weights: &VarBuilder<'_>, shape: &Shape) -> Result<Self> {
        let (size, wide, epsilon) = (shape.hidden_size, shape.intermediate_size, shape.layer_norm_eps);
        Ok(Self {
            query: linear(size, size, weights.pp("attention.self.query"))?,
            key: linear(size, size, weights.pp("attention.self.key"))?,
            value: linear(size, size, weights.pp("attention.self.value"))?,
            attended: linear(size, size, weights.pp("attention.output.dense"))?,
            attended_norm: layer_norm(size, epsilon, weights.pp("attention.output.LayerNorm"))?,
            wide: linear(size, wide, weights.pp("intermediate.dense"))?,
            narrow: linear(wide, size, weights.pp("output.dense"))?,
            norm: layer_norm(size, epsilon, weights.pp("output.LayerNorm"))?,
            heads: shape.num_attention_heads,
        })
    }

    fn forward(&self, states: &Tensor) -> Result<Tensor> {
        let attended = self.attended.forward(&self.attention(states)?)?;
        let states = self.attended_norm.forward(&(attended + states)?)?;
        let wide = self.wide.forward(&states)?.gelu_erf()?;
        self.norm.forward(&(self.narrow.forward(&wide)? + &states)?)
    }

    /// Each token's view of all others, by every head.
    fn attention(&self, states: &Tensor) -> Result<Tensor> {
        let (tokens, size) = states.dims2()?;
        let of_head = size / self.heads;
        let by_head = |states: Tensor| states.reshape((tokens, self.heads, of_head))?.transpose(0, 1)?.contiguous();
        let query = by_head(self.query.forward(states)?)?;
        let key = by_head(self.key.forward(states)?)?;
        let value = by_head(self.value.forward(states)?)?;
        let likeness = (query.matmul(&key.t()?)? / (of_head as f64).sqrt())?;
        let seen = softmax(&likeness, D::Minus1)?.matmul(&value)?;
        seen.transpose(0, 1)?.contiguous()?.reshape((tokens, size))
    }
}
