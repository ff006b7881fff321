/** AWS S3 文件上传: identity papers into the store, file keys out. */
export { UploadError, type UploadFault } from './errors';
export { fileTypeOf, type FileType } from './file-type';
export { PresignedStore } from './presigned-store';
export { S3Store } from './s3-store';
export type { FileStore, StoredContent } from './store';
export { type UploadedFile, uploadFile, type UploadRequest, type UploadRules } from './upload';
