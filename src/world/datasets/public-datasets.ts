/**
 * Data sets of others that tests, importers and experiments can use. None is part of this project: each is downloaded by
 * name, or found in the folder named by PLMM_DATA.
 */
import { nearestName } from "../../config/nearest-name.js";
import { ConfigError } from "../../core/errors.js";

/** A data set of others: one file. */
export interface PublicDataset {
  readonly name: string;
  /** Place of the file below the data folder. */
  readonly path: string;
  /** Absent where the owner hands it out on a page only. */
  readonly url?: string;
  readonly page: string;
  readonly licence: string;
  /** Absent where nobody here has seen the file: it is then taken unverified, and its sum is printed. */
  readonly sha256?: string;
  readonly bytes?: number;
  readonly usedFor: string;
  readonly citation: string;
}

const RAW = "https://raw.githubusercontent.com";

/** By name. Sums and sizes were computed from the files at the commits in the addresses. */
export const PUBLIC_DATASETS: readonly PublicDataset[] = [
  {
    name: "presidio-synth", path: "text/presidio-research-synth_dataset_v2.json",
    url: `${RAW}/microsoft/presidio-research/7622dec1e5f7d25dc60b57c28c39f4c4af197018/data/synth_dataset_v2.json`,
    page: "https://github.com/microsoft/presidio-research", licence: "MIT; names CC BY-SA 3.0",
    sha256: "ec08a771ba8135314cafb60752b2295212222ba3a4cd75d73811839c699e0012", bytes: 1_023_794,
    usedFor: "redaction: 1,500 sentences with spans of 17 kinds of personal data", citation: "Microsoft, Presidio Research",
  },
  {
    name: "pubmedqa", path: "text/pubmedqa-ori_pqal.json",
    url: `${RAW}/pubmedqa/pubmedqa/1cbae8e92f72f20c8d3747cbb3bf5bc53554d997/data/ori_pqal.json`,
    page: "https://github.com/pubmedqa/pubmedqa", licence: "MIT",
    sha256: "8b3276be8942ebbd77f3ddcda12c1749bf0e490045a736fd8438ee40cf37a41d", bytes: 2_584_787,
    usedFor: "medicine: 1,000 questions with abstracts and yes, no or maybe", citation: "Jin et al. 2019, PubMedQA, EMNLP-IJCNLP, arXiv:1909.06146",
  },
  {
    name: "persona-chat", path: "text/synthetic-persona-chat_valid.csv",
    url: `${RAW}/google-research-datasets/Synthetic-Persona-Chat/1f367a0f05d388ca96ebbbc9e5752ab19ac76510/data/Synthetic-Persona-Chat_valid.csv`,
    page: "https://github.com/google-research-datasets/Synthetic-Persona-Chat", licence: "CC BY 4.0",
    sha256: "e8128d2b7b0eed8064715cb1d71cdd241a3fa28ddf6fb80ece5c8156c1fd819d", bytes: 1_783_640,
    usedFor: "personalization: 1,000 conversations of two made-up people", citation: "Jandaghi et al. 2023, arXiv:2312.10007",
  },
  {
    name: "pupa", path: "text/pupa-new.csv",
    url: `${RAW}/Columbia-NLP-Lab/PAPILLON/594e7ebe5ab87090916a53425a2c2ac0f4ec6239/pupa/PUPA_New.csv`,
    page: "https://github.com/Columbia-NLP-Lab/PAPILLON", licence: "MIT (of the repository; the queries come from WildChat)",
    sha256: "72d7659c717706bc987f0d296d9714f63db5e75c6645376ec75380e6638b8f91", bytes: 2_854_027,
    usedFor: "redaction: 664 real queries with the private words in each", citation: "Li et al. 2024, PAPILLON, arXiv:2410.17127",
  },
  {
    name: "pupa-tnb", path: "text/pupa-tnb.csv",
    url: `${RAW}/Columbia-NLP-Lab/PAPILLON/594e7ebe5ab87090916a53425a2c2ac0f4ec6239/pupa/PUPA_TNB.csv`,
    page: "https://github.com/Columbia-NLP-Lab/PAPILLON", licence: "MIT (of the repository; the queries come from WildChat)",
    sha256: "237985b507c05f796a5011c80e312c8262b94529d23293988d5abd31fdbbb47a", bytes: 896_538,
    usedFor: "redaction: 237 queries, the smaller part of PUPA", citation: "Li et al. 2024, PAPILLON, arXiv:2410.17127",
  },
  {
    name: "finqa", path: "text/finqa-test.json",
    url: `${RAW}/czyssrs/FinQA/0f16e2867befa6840783e58be38c9efb9229d742/dataset/test.json`,
    page: "https://github.com/czyssrs/FinQA", licence: "MIT",
    usedFor: "finance: questions on tables of annual reports", citation: "Chen et al. 2021, FinQA, EMNLP, arXiv:2109.00122",
  },
  {
    name: "medquad", path: "text/medquad.zip", page: "https://github.com/abachaa/MedQuAD", licence: "CC BY 4.0",
    usedFor: "medicine: questions and answers of the National Institutes of Health", citation: "Ben Abacha and Demner-Fushman 2019, BMC Bioinformatics 20:511",
  },
  {
    name: "lamp", path: "text/lamp.json", page: "https://lamp-benchmark.github.io", licence: "CC BY-NC-SA 4.0",
    usedFor: "personalization: seven tasks with a history per person", citation: "Salemi et al. 2023, LaMP, arXiv:2304.11406",
  },
  {
    name: "azure-llm-conv", path: "azure-llm-2023/AzureLLMInferenceTrace_conv.csv",
    url: `${RAW}/Azure/AzurePublicDataset/b469a113cedca53ddc3bdea71a143dc4b7d8700c/data/AzureLLMInferenceTrace_conv.csv`,
    page: "https://github.com/Azure/AzurePublicDataset", licence: "CC BY 4.0",
    sha256: "2f1e5b666d4e3055fdbba98598ce2ec307767b9064e03e2fa46676dbcc7d0bf8", bytes: 719_188,
    usedFor: "load: instants and lengths of 19,366 chat requests", citation: "Patel et al. 2024, Splitwise, ISCA",
  },
  {
    name: "azure-llm-code", path: "azure-llm-2023/AzureLLMInferenceTrace_code.csv",
    url: `${RAW}/Azure/AzurePublicDataset/b469a113cedca53ddc3bdea71a143dc4b7d8700c/data/AzureLLMInferenceTrace_code.csv`,
    page: "https://github.com/Azure/AzurePublicDataset", licence: "CC BY 4.0",
    sha256: "54e9a6d2a4bd06ba1e060304b900abbc74cbea53de96506e60fe5bb4f2277fb6", bytes: 320_117,
    usedFor: "load: instants and lengths of 8,819 code requests", citation: "Patel et al. 2024, Splitwise, ISCA",
  },
  {
    name: "whisper-leak-gpt4o", path: "traffic/whisper-leak-GPT4o.json",
    url: `${RAW}/MatthewELucio/whisper_leak_data_privacy/85e07347261c5fa905b398f4e1f03dffaa950ceb/data/main/GPT4o.json`,
    page: "https://github.com/MatthewELucio/whisper_leak_data_privacy", licence: "MIT",
    sha256: "e44f57b15e3157888d68813dac7a438ca679b7cd577eee109cedcfcab96d17c9", bytes: 2_318_205,
    usedFor: "leakage: record sizes and times of 180 encrypted answers", citation: "McDonald and Bar Or 2025, Whisper Leak, arXiv:2511.03675",
  },
];

/** The data set of a name. @throws {ConfigError} for a name that is not listed. */
export function findPublicDataset(name: string): PublicDataset {
  const found = PUBLIC_DATASETS.find((dataset) => dataset.name === name);
  if (found !== undefined) return found;
  const names = PUBLIC_DATASETS.map((dataset) => dataset.name), nearest = nearestName(name, names);
  throw new ConfigError({
    subject: "the data set", rule: `be one of ${names.join(", ")}`, got: name,
    hint: nearest === undefined ? "See: plmm data list" : `Did you mean ${nearest}?`,
  });
}
