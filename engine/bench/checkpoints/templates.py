"""Chat templates in the form of their families: roles, frames, picture markers, functions."""

from __future__ import annotations

CHATML = """{%- for message in messages -%}
<|im_start|>{{ message.role }}
{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content -%}
{% if part.type == 'image' %}PICTURE{% else %}{{ part.text }}{% endif %}
{%- endfor %}{% endif %}<|im_end|>
{% endfor -%}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif -%}"""

LFM2 = CHATML.replace("PICTURE", "<|image_start|><image><|image_end|>")

# Functions stand in the first system message; results are shown as the user's.
_QWEN_HEAD = """{%- macro shown(content) -%}
{%- if content is string %}{{ content }}{% else %}{% for part in content -%}
{%- if part.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>
{%- else %}{{ part.text }}{% endif %}{% endfor %}{% endif -%}
{%- endmacro -%}
{%- set own = messages and messages[0].role == 'system' -%}
{%- if tools or own -%}
{{ '<|im_start|>system\\n' }}{% if own %}{{ shown(messages[0].content) }}{% endif %}
{%- if tools %}{{ '\\n<tools>' }}{% for tool in tools %}{{ '\\n' + (tool | tojson) }}{% endfor -%}
{{ '\\n</tools>' }}{% endif %}{{ '<|im_end|>\\n' }}
{%- endif -%}
"""

QWEN = (
    _QWEN_HEAD
    + """{%- for message in messages -%}
{%- if message.role == 'tool' -%}
{{ '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
{%- elif not (loop.first and own) -%}
{{ '<|im_start|>' + message.role + '\\n' + shown(message.content) }}
{%- for call in message.tool_calls or [] -%}
{{ '\\n<tool_call>\\n' + ({'name': call.function.name, 'arguments': call.function.arguments}
   | tojson) + '\\n</tool_call>' }}
{%- endfor -%}
{{ '<|im_end|>\\n' }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif -%}"""
)

# Answers begin inside a thought, unless thinking is off; thoughts before the last question are left
# out.
QWEN3_5 = (
    _QWEN_HEAD
    + """{%- set ns = namespace(last=-1) -%}
{%- for message in messages %}{% if message.role == 'user' %}{% set ns.last = loop.index0 -%}
{%- endif %}{% endfor -%}
{%- for message in messages -%}
{%- if message.role == 'tool' -%}
{{ '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
{%- elif message.role == 'assistant' -%}
{%- set thought = message.content.split('</think>')[0] if '</think>' in message.content else '' -%}
{%- set said = message.content.split('</think>')[-1].lstrip('\\n') -%}
{{ '<|im_start|>assistant\\n' }}
{%- if loop.index0 > ns.last %}{{ '<think>\\n' + thought + '\\n</think>\\n\\n' }}{% endif -%}
{{ said }}
{%- for call in message.tool_calls or [] -%}
{{ '\\n<tool_call>\\n<function=' + call.function.name + '>\\n' }}
{%- for key, value in call.function.arguments.items() -%}
{{ '<parameter=' + key + '>\\n' + (value if value is string else value | tojson)
   + '\\n</parameter>\\n' }}
{%- endfor -%}
{{ '</function>\\n</tool_call>' }}
{%- endfor -%}
{{ '<|im_end|>\\n' }}
{%- elif not (loop.first and own) -%}
{{ '<|im_start|>' + message.role + '\\n' + shown(message.content) + '<|im_end|>\\n' }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n<think>\\n' -}}
{%- if enable_thinking is defined and not enable_thinking %}{{ '\\n</think>\\n\\n' }}{% endif -%}
{%- endif -%}"""
)

# The system text goes before the first question; roles take turns; texts are trimmed.
GEMMA3 = """{{ bos_token }}
{%- set own = messages and messages[0].role == 'system' -%}
{%- set turns = messages[1:] if own else messages -%}
{%- for message in turns -%}
{%- if (message.role == 'user') != (loop.index0 % 2 == 0) -%}
{{ raise_exception('user and assistant must take turns') }}
{%- endif -%}
{{ '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\\n' }}
{%- if loop.first and own %}{{ messages[0].content + '\\n\\n' }}{% endif -%}
{%- if message.content is string %}{{ message.content | trim }}{% else -%}
{%- for part in message.content -%}
{%- if part.type == 'image' %}{{ '<start_of_image>' }}{% else %}{{ part.text | trim }}{% endif -%}
{%- endfor %}{% endif -%}
{{ '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif -%}"""

# Functions and calls in a notation of their own, strings between marks; texts are trimmed.
GEMMA4 = """{{ bos_token }}
{%- macro noted(value) -%}
{%- if value is string %}{{ '<|"|>' + value + '<|"|>' }}
{%- elif value is boolean or value is none %}{{ value | tojson }}
{%- elif value is mapping -%}
{{ '{' }}{% for key, inner in value.items() %}{{ key + ':' }}{{ noted(inner) }}
{%- if not loop.last %},{% endif %}{% endfor %}{{ '}' }}
{%- elif value is iterable -%}
{{ '[' }}{% for inner in value %}{{ noted(inner) }}{% if not loop.last %},{% endif %}
{%- endfor %}{{ ']' }}
{%- else %}{{ value }}{% endif -%}
{%- endmacro -%}
{%- set own = messages and messages[0].role == 'system' -%}
{%- if tools or own -%}
{{ '<|turn>system\\n' }}{% if own %}{{ messages[0].content | trim }}{% endif -%}
{%- for tool in tools or [] -%}
{{ '<|tool>declaration:' + tool.function.name }}{{ noted(tool.function.parameters) }}{{ '<tool|>' }}
{%- endfor -%}
{{ '<turn|>\\n' }}
{%- endif -%}
{%- set turns = messages[1:] if own else messages -%}
{%- for message in turns -%}
{{ '<|turn>' + ('model' if message.role == 'assistant' else message.role) + '\\n' }}
{%- if message.content is string %}{{ message.content | trim }}{% else -%}
{%- for part in message.content -%}
{%- if part.type == 'image' %}{{ '<|image|>' }}{% else %}{{ part.text | trim }}{% endif -%}
{%- endfor %}{% endif -%}
{%- for call in message.tool_calls or [] -%}
{{ '<|tool_call>call:' + call.function.name }}{{ noted(call.function.arguments) -}}
{{ '<tool_call|>' }}
{%- endfor -%}
{{ '<turn|>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '<|turn>model\\n' }}{% endif -%}"""

# Texts only count in parts, and an earlier answer stands behind a space.
SMOLVLM = """<|im_start|>
{%- for message in messages -%}
{{ message.role | capitalize }}{{ ':' if message.content[0].type == 'image' else ': ' }}
{%- for part in message.content -%}
{%- if part.type == 'text' %}{{ part.text }}
{%- elif part.type == 'image' %}{{ '<image>' }}{% endif -%}
{%- endfor -%}
{{ '<end_of_utterance>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt %}{{ 'Assistant:' }}{% endif -%}"""
