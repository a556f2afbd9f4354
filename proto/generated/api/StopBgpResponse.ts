// Original file: /work/main/proto/gobgp/service.proto


export interface StopBgpResponse {
}

export interface StopBgpResponse__Output {
}
